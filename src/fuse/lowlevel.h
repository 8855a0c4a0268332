#pragma once
// The only place that includes libfuse, so that all of this directory speaks one version of it.
#define FUSE_USE_VERSION 312
#include <fuse_lowlevel.h>
