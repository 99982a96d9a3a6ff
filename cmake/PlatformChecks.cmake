# Which platform's files are built, and what its calls are: for tcplab_sources and files *_bsd.cc.

# Nobody can run macOS or FreeBSD everywhere. Their files keep to POSIX.1-2008 and to names that are
# asked for, so that most of what is in them can be compiled, and tested, on Linux as well:
#   cmake -S . -B build/freebsd -DTCPLAB_PLATFORM=freebsd
# `freebsd` takes what both FreeBSD and Linux have beyond POSIX (accept4, ppoll, clock_nanosleep,
# TCP_INFO...), `macos` does without, as macOS does. core/README.md says what is proved so.
set(TCPLAB_PLATFORM "" CACHE STRING
    "On Linux: `freebsd` or `macos` builds the files of that system, to check them")
set_property(CACHE TCPLAB_PLATFORM PROPERTY STRINGS "" freebsd macos)

if(TCPLAB_PLATFORM AND NOT CMAKE_SYSTEM_NAME STREQUAL "Linux")
  message(FATAL_ERROR "TCPLAB_PLATFORM is for checking other systems' files on Linux: "
                      "here it is ${CMAKE_SYSTEM_NAME} whatever it says")
elseif(NOT TCPLAB_PLATFORM MATCHES "^(freebsd|macos|)$")
  message(FATAL_ERROR "TCPLAB_PLATFORM is \"${TCPLAB_PLATFORM}\": expected freebsd or macos")
endif()

if(CMAKE_SYSTEM_NAME STREQUAL "Windows")
  set(TCPLAB_PLATFORMS windows)
elseif(CMAKE_SYSTEM_NAME STREQUAL "Linux" AND NOT TCPLAB_PLATFORM)
  set(TCPLAB_PLATFORMS linux posix)
else()  # Darwin, FreeBSD and their relatives
  set(TCPLAB_PLATFORMS bsd posix)
endif()

# tcplab_has(<NAME> <symbol> <headers>): TCPLAB_HAVE_<NAME> is 1 where the headers have the symbol,
# a function or a macro.
set(TCPLAB_CALLS "")
macro(tcplab_has name symbol headers)
  if(TCPLAB_PLATFORM STREQUAL "macos")
    set(has 0)
  else()
    check_cxx_symbol_exists(${symbol} "${headers}" TCPLAB_FOUND_${name})
    set(has $<BOOL:${TCPLAB_FOUND_${name}}>)
  endif()
  list(APPEND TCPLAB_CALLS TCPLAB_HAVE_${name}=${has})
endmacro()

if(bsd IN_LIST TCPLAB_PLATFORMS)
  include(CheckCXXSymbolExists)
  tcplab_has(ACCEPT4 accept4 "sys/types.h;sys/socket.h")
  tcplab_has(CLOCK_NANOSLEEP clock_nanosleep time.h)
  tcplab_has(PPOLL ppoll poll.h)
  tcplab_has(SCHED_SETAFFINITY sched_setaffinity sched.h)
  tcplab_has(SOCK_CLOEXEC SOCK_CLOEXEC "sys/types.h;sys/socket.h")
  tcplab_has(SYSCTLBYNAME sysctlbyname "sys/types.h;sys/sysctl.h")
  if(APPLE OR TCPLAB_PLATFORM STREQUAL "macos")
    list(APPEND TCPLAB_CALLS TCPLAB_SELECTS_DEVICES=1)
  endif()
  # Not on Linux in place of macOS: there all that TCP_INFO tells is done without.
  list(APPEND TCPLAB_CALLS
       TCPLAB_TELLS_TCP_INFO=$<NOT:$<STREQUAL:${TCPLAB_PLATFORM},macos>>)
endif()
