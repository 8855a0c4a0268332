"""All made-up images of UDF. To import this module is to declare them."""
import handmade_udf_volume  # noqa: F401
