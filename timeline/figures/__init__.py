"""Events -> Plotly figures, table rows and words. Pure: no Streamlit, no store, no clock."""
