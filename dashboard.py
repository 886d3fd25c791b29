"""Starts the dashboard: ``streamlit run dashboard.py``."""

from timeline.page.app import run

run()
