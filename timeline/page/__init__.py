"""The dashboard: the only part that knows Streamlit. Views are functions of :class:`session.Page`."""
