"""All made-up images. To import this module is to declare them."""
import handmade_core  # noqa: F401
import handmade_odd  # noqa: F401
import handmade_rock  # noqa: F401
import handmade_zisofs  # noqa: F401
