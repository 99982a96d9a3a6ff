# Windows programs built on Linux, with Debian's g++-mingw-w64-x86-64-posix: `make windows`.
#
# Libraries come from TCPLAB_WINDOWS_LIBRARIES (tools/windows.sh makes it) and from nowhere else; what is built runs in
# Wine, the tests too.
set(CMAKE_SYSTEM_NAME Windows)
set(CMAKE_SYSTEM_PROCESSOR AMD64)
set(triplet x86_64-w64-mingw32)
set(CMAKE_C_COMPILER ${triplet}-gcc-posix)
set(CMAKE_CXX_COMPILER ${triplet}-g++-posix)
set(CMAKE_RC_COMPILER ${triplet}-windres)

set(TCPLAB_WINDOWS_LIBRARIES ${CMAKE_CURRENT_LIST_DIR}/../build/windows-libraries CACHE PATH "libuv, {fmt}, GoogleTest")
list(APPEND CMAKE_TRY_COMPILE_PLATFORM_VARIABLES TCPLAB_WINDOWS_LIBRARIES)
set(CMAKE_FIND_ROOT_PATH ${TCPLAB_WINDOWS_LIBRARIES} /usr/${triplet})
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE ONLY)

# One file, that runs where none of MinGW's is.
set(CMAKE_EXE_LINKER_FLAGS_INIT -static)
set(CMAKE_CROSSCOMPILING_EMULATOR ${CMAKE_CURRENT_LIST_DIR}/../stacks/wine.sh)
