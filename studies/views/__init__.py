"""How studies are shown. Their pages are in `orders.views`, which knows what they came by."""
