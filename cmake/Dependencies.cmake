# Every library the project uses, each under one target name whichever way it was installed.
#
# Linux distributions and Homebrew describe C libraries to pkg-config, vcpkg describes nearly
# everything to CMake: so a CMake package is tried first, and pkg-config second.

find_package(Threads REQUIRED)
find_package(nlohmann_json 3.10 REQUIRED)  # nlohmann_json::nlohmann_json
find_package(CLI11 REQUIRED)               # CLI11::CLI11
find_package(fmt REQUIRED)                 # fmt::fmt
find_package(tl-expected REQUIRED)         # tl::expected

# tcplab_find(<target> PACKAGE <CMake package> TARGETS <its targets, first found wins>
#             PKG_CONFIG <module>)
function(tcplab_find target)
  cmake_parse_arguments(arg "" "PACKAGE;PKG_CONFIG" "TARGETS" ${ARGN})
  add_library(${target} INTERFACE IMPORTED GLOBAL)
  find_package(${arg_PACKAGE} CONFIG QUIET)
  foreach(candidate IN LISTS arg_TARGETS)
    if(TARGET ${candidate})
      target_link_libraries(${target} INTERFACE ${candidate})
      return()
    endif()
  endforeach()
  find_package(PkgConfig REQUIRED)
  pkg_check_modules(${arg_PKG_CONFIG} REQUIRED IMPORTED_TARGET GLOBAL ${arg_PKG_CONFIG})
  target_link_libraries(${target} INTERFACE PkgConfig::${arg_PKG_CONFIG})
endfunction()

tcplab_find(tcplab_uv PACKAGE libuv TARGETS libuv::uv libuv::uv_a uv_a PKG_CONFIG libuv)
if(NOT WIN32)  # which hashes itself
  tcplab_find(tcplab_sodium PACKAGE unofficial-sodium TARGETS unofficial-sodium::sodium
              PKG_CONFIG libsodium)
endif()

if(TCPLAB_TESTS)
  find_package(GTest REQUIRED)  # GTest::gtest_main, GTest::gmock
  if(TCPLAB_BENCH)
    find_package(benchmark REQUIRED)  # benchmark::benchmark
  endif()

  # Header only; Debian ships the headers and no CMake package.
  find_path(VALIJSON_INCLUDE_DIR valijson/validator.hpp REQUIRED)
  add_library(tcplab_valijson INTERFACE IMPORTED GLOBAL)
  target_include_directories(tcplab_valijson SYSTEM INTERFACE ${VALIJSON_INCLUDE_DIR})
endif()
