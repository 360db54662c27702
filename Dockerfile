# One image for web, worker and migrate: they differ in the command. docs/deployment.md
FROM python:3.11-slim-bookworm AS build
WORKDIR /srv/homeward
RUN python -m venv /opt/homeward
COPY requirements.lock .
RUN /opt/homeward/bin/pip install --no-cache-dir --require-hashes --requirement requirements.lock
COPY . .
# Collecting files asks for a whole configuration; nothing of this one is kept.
RUN SECRET_KEY=only-for-collecting-static-files-while-the-image-is-built \
    ALLOWED_HOSTS=localhost DATABASE_URL=postgresql://nobody@localhost/nothing \
    /opt/homeward/bin/python manage.py collectstatic --noinput

FROM python:3.11-slim-bookworm
RUN useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin homeward
ENV PATH=/opt/homeward/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
WORKDIR /srv/homeward
COPY --from=build /opt/homeward /opt/homeward
COPY --from=build /srv/homeward /srv/homeward
USER homeward
EXPOSE 8000
# For web; worker and migrate switch it off. The program answers to its own names only.
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s --retries=3 \
    CMD ["python", "deploy/is_alive.py"]
# Each thread keeps a database connection, so all of them are bounded.
CMD ["granian", "--interface", "wsgi", "portal.wsgi:application", \
     "--host", "0.0.0.0", "--port", "8000", \
     "--workers", "2", "--blocking-threads", "4", "--blocking-threads-idle-timeout", "600", \
     "--respawn-failed-workers", "--log-level", "warning"]
