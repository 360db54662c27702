# A thin name for dev.py: PORT=9000 make demo, make demo SERVE=0
PYTHON ?= python3

.PHONY: demo test check bench bench-large db-stop
demo test check bench bench-large db-stop:
	@$(PYTHON) dev.py $@
