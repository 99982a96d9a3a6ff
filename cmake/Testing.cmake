# Tests (tests/<folder>/*_test.cc) and benchmarks (tests/bench).

include(GoogleTest)

tcplab_sources(support_sources tests/support)
# The folders that fixtures of every test may use; what needs more stays beside its tests.
tcplab_library(test_support SOURCES ${support_sources} DEPENDS base scenario trace net
               LINK GTest::gtest GTest::gmock NOT_MEASURED)

# What judges thousands of documents by the schema; apart, as its library is all in headers.
tcplab_sources(schema_sources tests/support/schema)
tcplab_library(schema_support SOURCES ${schema_sources} LINK tcplab_valijson NOT_MEASURED)

# Trials start this program as their agents.
set(agent_program runner)
if(TCPLAB_TEST_FOLDERS AND NOT "runner" IN_LIST TCPLAB_TEST_FOLDERS)
  set(agent_program agent_program)
  add_executable(agent_program ${PROJECT_SOURCE_DIR}/tests/support/program/agent.cc)
  target_link_libraries(agent_program PRIVATE tcplab_agent)
endif()

# One executable per folder: tests/ mirrors core/ and runner/.
set(test_targets "")
foreach(folder IN LISTS TCPLAB_CORE ITEMS runner)
  if(TCPLAB_TEST_FOLDERS AND NOT folder IN_LIST TCPLAB_TEST_FOLDERS)
    continue()
  endif()
  tcplab_sources(tests tests/${folder})  # some are of one platform
  if(NOT tests)
    continue()
  endif()
  set(target tests_${folder})
  add_executable(${target} ${tests})
  target_link_libraries(${target} PRIVATE tcplab_test_support tcplab_${folder} GTest::gtest_main)
  if(NOT MSVC)
    # What is tested is optimised, the tests need not be: compiling them takes most of a build.
    target_compile_options(${target} PRIVATE -O0)
    if(TCPLAB_SANITIZE)
      target_compile_options(${target} PRIVATE -g0)
    endif()
    # But this one runs regular expressions by the thousand, and <regex> is all in headers.
    set_source_files_properties(${PROJECT_SOURCE_DIR}/tests/scenario/agreement_test.cc
                                PROPERTIES COMPILE_OPTIONS -O1)
  endif()
  if(folder MATCHES "^(scenario|stack)$")
    target_link_libraries(${target} PRIVATE tcplab_schema_support)
  endif()
  if(folder STREQUAL "trial")  # whole trials are judged by what was observed in them
    target_link_libraries(${target} PRIVATE tcplab_observe)
  endif()

  # As definitions too, for tests that are started by hand.
  target_compile_definitions(${target} PRIVATE TCPLAB_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
  if(folder MATCHES "^(trial|runner)$")  # the others play agents themselves
    add_dependencies(${target} ${agent_program})
    target_compile_definitions(${target} PRIVATE TCPLAB_RUNNER="$<TARGET_FILE:${agent_program}>")
  endif()

  set(test_seconds 120)
  if(TCPLAB_SANITIZE)
    set(test_seconds 400)
  endif()
  # PRE_TEST: listing the tests runs the program, which must not be able to fail the build.
  gtest_discover_tests(${target} DISCOVERY_MODE PRE_TEST DISCOVERY_TIMEOUT 60
                       WORKING_DIRECTORY ${PROJECT_SOURCE_DIR}
                       PROPERTIES TIMEOUT ${test_seconds})
  list(APPEND test_targets ${target})
endforeach()

# The tests of these folders and what they need, where `all` would be more.
add_custom_target(tests DEPENDS ${test_targets})

# gtest_discover_tests can hand on one variable of an environment and drops the others (seen in
# cmake 3.25), so ctest sets them from a file of its own, once it has found the tests.
set(environment "TCPLAB_SOURCE_DIR=${PROJECT_SOURCE_DIR}"
                "TCPLAB_RUNNER=${CMAKE_RUNTIME_OUTPUT_DIRECTORY}/${agent_program}${CMAKE_EXECUTABLE_SUFFIX}")
if(TCPLAB_SANITIZE)
  # Documents are judged several times slower, and what is judged is the same.
  list(APPEND environment TCPLAB_MUTANTS=500)
endif()
if(TCPLAB_SANITIZE MATCHES thread)
  # Agents end with _exit while threads of theirs still run: that is their design, not a leak. By
  # default each process sleeps a second at its end, which some tests would take for its dying.
  list(APPEND environment TSAN_OPTIONS=report_thread_leaks=0:atexit_sleep_ms=20)
endif()
set(script "")
foreach(target IN LISTS test_targets)
  # Those that measure times take turns: in a realtime class they would hold up each other.
  string(APPEND script "if(${target}_TESTS)\n  set_tests_properties(\${${target}_TESTS} "
                       "PROPERTIES ENVIRONMENT \"${environment}\")\nendif()\n"
                       "foreach(test IN LISTS ${target}_TESTS)\n"
                       "  if(test MATCHES \"Segmentation|^Diff.RealRuns|^Trace.SameObservations\")\n"
                       "    set_tests_properties(\"\${test}\" PROPERTIES RESOURCE_LOCK times)\n"
                       "  endif()\nendforeach()\n")
endforeach()
file(CONFIGURE OUTPUT ${PROJECT_BINARY_DIR}/test_environment.cmake CONTENT "${script}" @ONLY)
set_property(DIRECTORY APPEND PROPERTY
             TEST_INCLUDE_FILES ${PROJECT_BINARY_DIR}/test_environment.cmake)

# The checks are code too.
find_program(BASH bash)
if(BASH)
  add_test(NAME tools.check_includes
           COMMAND ${BASH} ${PROJECT_SOURCE_DIR}/tools/check_includes_test.sh)
endif()

if(NOT TCPLAB_BENCH)
  return()
endif()

# Google Benchmark programs, one per file.
file(GLOB benches CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tests/bench/*.cc)
foreach(source IN LISTS benches)
  cmake_path(GET source STEM stem)
  add_executable(bench_${stem} ${source})
  target_link_libraries(bench_${stem} PRIVATE tcplab_runner benchmark::benchmark)
endforeach()

# The plain programs that the runner is measured against: C as a textbook writes it, without any of
# our code.
file(GLOB plains CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tests/bench/plain/*.c)
foreach(source IN LISTS plains)
  cmake_path(GET source STEM stem)
  add_executable(plain_${stem} ${source})
  target_link_libraries(plain_${stem} PRIVATE Threads::Threads)
  # Extensions: plain C11 hides the socket API of POSIX.
  set_target_properties(plain_${stem} PROPERTIES C_EXTENSIONS ON)
endforeach()
