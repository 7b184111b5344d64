"""Views, one composer per kind of page, rendering."""
