# Compiler settings of the project's own targets: link `tcplab_options`.

option(TCPLAB_WERROR "Treat warnings as errors (CI does)" OFF)
option(TCPLAB_TESTS "Build the tests" ON)
option(TCPLAB_BENCH "Build the benchmarks, too" ON)
option(TCPLAB_FUZZ "Define the target `fuzzers`; needs clang" OFF)
option(TCPLAB_LWIP "Build runner-lwip, the servers of the stack `lwip`; needs liblwip" OFF)
set(TCPLAB_TEST_FOLDERS "" CACHE STRING "Folders of tests to build, as a list; empty: all")
set(TCPLAB_SANITIZE "" CACHE STRING "Sanitizers, separated by commas: address,undefined or thread")

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_C_STANDARD 11)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/bin)
set(CMAKE_ARCHIVE_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/lib)

if(NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
  set(CMAKE_BUILD_TYPE Release)
endif()

find_program(CCACHE ccache)
if(CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_C_COMPILER_LAUNCHER ${CCACHE})
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE})
endif()

add_library(tcplab_options INTERFACE)
target_include_directories(tcplab_options INTERFACE ${PROJECT_SOURCE_DIR})
target_compile_definitions(tcplab_options INTERFACE TCPLAB_VERSION="${PROJECT_VERSION}")
if(MSVC)
  target_compile_options(tcplab_options INTERFACE /W4 /utf-8 $<$<BOOL:${TCPLAB_WERROR}>:/WX>)
else()
  target_compile_options(tcplab_options INTERFACE
    -Wall -Wextra -Wpedantic -Wshadow $<$<BOOL:${TCPLAB_WERROR}>:-Werror>)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
    # "x" + std::string() draws a false -Wrestrict there: https://gcc.gnu.org/PR105651
    target_compile_options(tcplab_options INTERFACE -Wno-restrict)
  endif()
endif()

if(WIN32)
  # Windows 10 1809: what is newer than the oldest that we know is asked for at run time. No min() and max() from
  # <windows.h>, and not the sockets of 1993.
  target_compile_definitions(tcplab_options INTERFACE _WIN32_WINNT=0x0A00 NTDDI_VERSION=0x0A000006 NOMINMAX
                             WIN32_LEAN_AND_MEAN)
endif()

if(CMAKE_SYSTEM_NAME STREQUAL "Linux")
  # Symbols are looked up when a program starts, not at a first call in the middle of a trial.
  add_link_options(-Wl,-z,now)
endif()

if(TCPLAB_SANITIZE)
  # For every target, also the plain programs: they share the processes of the tests.
  # -Og, as tests measure time, and compiling with -O1 takes twice as long with these sanitizers.
  set(optimise -Og)
  if(TCPLAB_FUZZ)
    # Runs millions of times. Comparisons are not traced, which took a third of the time: the words
    # of the language come from a dictionary.
    set(optimise -O2 -fno-sanitize-coverage=trace-cmp)
  endif()
  # g++ sees uninitialized variables where there are none once it instruments; the release build has
  # the warning.
  add_compile_options(-fsanitize=${TCPLAB_SANITIZE} -fno-sanitize-recover=all
                      -fno-omit-frame-pointer -g1 ${optimise}
                      $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>)
  add_link_options(-fsanitize=${TCPLAB_SANITIZE})
endif()
