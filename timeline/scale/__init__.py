"""Large archives: read in parallel into Parquet, merged in blocks, loaded into the store, watched.

The steps are those of the rest of the program; here is only what lets many processes, on one machine or on
a Dask cluster, do them on parts of an archive, stop anywhere and go on.
"""
