"""Starts the dashboard: ``streamlit run dashboard.py``.

Streamlit loads this file once as the server's application, and runs it for each look at the page.
"""

if __name__ == "__main__":
    from timeline.page.app import run

    run()
else:
    import sys

    from streamlit.starlette import App

    from timeline.page import serving

    if reason := serving.refusal():
        sys.exit(f"timeline: {reason}")
    app = App(
        __file__,
        middleware=serving.middleware(),
        lifespan=serving.opening_the_browser,
        on_script_error=serving.say_refused_change,
    )
