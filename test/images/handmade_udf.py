"""All made-up images of UDF. To import this module is to declare them."""
import handmade_udf_volume  # noqa: F401
import handmade_udf_partitions  # noqa: F401
import handmade_udf_files  # noqa: F401
import handmade_udf_names  # noqa: F401
import handmade_udf_faults  # noqa: F401
