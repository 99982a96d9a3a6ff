# Fuzz targets: tests/fuzz/<name>_fuzz.cc becomes bin/fuzz_<name>, which tests/fuzz/run.sh runs.

if(NOT CMAKE_CXX_COMPILER_ID MATCHES "Clang")
  message(FATAL_ERROR "libFuzzer is a part of clang: cmake --preset fuzz")
endif()

add_custom_target(fuzzers)
file(GLOB fuzz_sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tests/fuzz/*_fuzz.cc)
foreach(source IN LISTS fuzz_sources)
  cmake_path(GET source STEM stem)
  string(REGEX REPLACE "_fuzz$" "" name ${stem})
  add_executable(fuzz_${name} ${source})
  target_link_libraries(fuzz_${name} PRIVATE tcplab_scenario tcplab_trace)
  target_link_options(fuzz_${name} PRIVATE -fsanitize=fuzzer)
  add_dependencies(fuzzers fuzz_${name})
endforeach()

# Inputs to begin with.
add_executable(fuzz_seeds ${PROJECT_SOURCE_DIR}/tests/fuzz/seeds.cc
               ${PROJECT_SOURCE_DIR}/tests/support/trace_builder.cc)
target_link_libraries(fuzz_seeds PRIVATE tcplab_net tcplab_scenario tcplab_trace)
add_dependencies(fuzzers fuzz_seeds)
