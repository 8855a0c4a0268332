#pragma once
// What the shared library lets its users see; all else is hidden.

#define ISOFUSE_API __attribute__((visibility("default")))
