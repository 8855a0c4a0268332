// Preloaded into User Mode Linux. Its kernel of Debian 12 has room for the registers of AVX-512, and hands that to
// PTRACE_SETREGSET; processors with more (AMX) want all of theirs or answer EFAULT, and no program of the guest
// starts ("ptrace set fp regs failed, errno = 14"). What it does not know of stays as it is.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <elf.h>
#include <stdarg.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/uio.h>

long ptrace(enum __ptrace_request request, ...) {
  va_list arguments;
  va_start(arguments, request);
  const pid_t process = va_arg(arguments, pid_t);
  void* const address = va_arg(arguments, void*);
  void* const data = va_arg(arguments, void*);
  va_end(arguments);
  long (*const next)(enum __ptrace_request, ...) = (long (*)(enum __ptrace_request, ...))dlsym(RTLD_NEXT, "ptrace");
  if (request != PTRACE_SETREGSET || address != (void*)NT_X86_XSTATE) return next(request, process, address, data);

  static char all[1 << 16];  // some 11 KiB with AMX; the stacks of a kernel are small, and it has one thread
  struct iovec whole = {all, sizeof all};
  const struct iovec* const given = data;
  if (next(PTRACE_GETREGSET, process, address, &whole) != 0 || given->iov_len >= whole.iov_len)
    return next(request, process, address, data);
  memcpy(all, given->iov_base, given->iov_len);
  return next(request, process, address, &whole);
}
