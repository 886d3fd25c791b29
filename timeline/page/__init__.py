"""The dashboard: the only part that knows Streamlit. Views are functions of :class:`session.Page`."""

# Streamlit imports pandas when a page first has a table, and Plotly takes what sys.modules holds at that
# moment: in another thread that is a pandas half made. So it is imported before any page is drawn.
import pandas as _pandas  # noqa: F401
