# runner-lwip: the agent with lwIP's sockets in place of the system's (tests/stacks/lwip), for the stack `lwip`.

find_package(PkgConfig REQUIRED)
pkg_check_modules(lwip REQUIRED IMPORTED_TARGET lwip)

# core/net once more, but for the files that hold the calls themselves. Where these stand before the library, nothing of
# that is taken.
tcplab_sources(net_sources core/net)
list(FILTER net_sources EXCLUDE REGEX "/(syscalls_(linux|posix)|option_values_posix)\\.cc$")
file(GLOB lwip_sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tests/stacks/lwip/*.cc)
add_executable(runner-lwip ${lwip_sources} ${net_sources})
target_link_libraries(runner-lwip PRIVATE tcplab_agent PkgConfig::lwip)
# The headers of lwIP are not written for our warnings, and their names are common ones.
set_source_files_properties(${PROJECT_SOURCE_DIR}/tests/stacks/lwip/lwip_stack.cc PROPERTIES
                            SKIP_UNITY_BUILD_INCLUSION ON COMPILE_OPTIONS "-Wno-pedantic;-Wno-shadow")
