# Sources and libraries of one folder.

# tcplab_sources(<out variable> <folder>): the .cc files of a folder that belong to this platform.
#
# A file named <stem>_<platform>.cc is compiled where that platform is; <stem>_unsupported.cc where
# no other file of the same stem is. Platforms are chosen here and in PlatformChecks.cmake and nowhere
# else, so no other file needs a platform macro.
function(tcplab_sources out folder)
  # CONFIGURE_DEPENDS: a new file is noticed by the next build, without running cmake by hand.
  set(root ${PROJECT_SOURCE_DIR})
  file(GLOB all CONFIGURE_DEPENDS RELATIVE ${root} ${root}/${folder}/*.cc)
  set(chosen "")
  set(supported_stems "")
  set(fallbacks "")
  foreach(source IN LISTS all)
    if(NOT source MATCHES "^(.*)_(linux|posix|bsd|windows|unsupported)\\.cc$")
      list(APPEND chosen ${source})
    elseif(CMAKE_MATCH_2 IN_LIST TCPLAB_PLATFORMS)
      list(APPEND chosen ${source})
      list(APPEND supported_stems ${CMAKE_MATCH_1})
    elseif(CMAKE_MATCH_2 STREQUAL "unsupported")
      list(APPEND fallbacks ${CMAKE_MATCH_1})
    endif()
  endforeach()
  foreach(stem IN LISTS fallbacks)
    if(NOT stem IN_LIST supported_stems)
      list(APPEND chosen ${stem}_unsupported.cc)
    endif()
  endforeach()
  list(TRANSFORM chosen PREPEND ${root}/)
  set(${out} ${chosen} PARENT_SCOPE)
endfunction()

# tcplab_library(<name> [SOURCES <files>] [DEPENDS <libraries of ours>] [LINK <other libraries>] [NOT_MEASURED])
#
# NOT_MEASURED: nothing of it runs between a trial's "go" and its end, or by the million, so that
# compiling it fast is worth more than its speed.
#
# A static library tcplab_<name>. A folder without sources (headers only, or not written yet)
# becomes an INTERFACE library, so that whoever depends on it need not know.
function(tcplab_library name)
  cmake_parse_arguments(arg "NOT_MEASURED" "" "SOURCES;DEPENDS;LINK" ${ARGN})
  list(TRANSFORM arg_DEPENDS PREPEND tcplab_)
  if(arg_SOURCES)
    add_library(tcplab_${name} STATIC ${arg_SOURCES})
    target_link_libraries(tcplab_${name} PUBLIC tcplab_options ${arg_DEPENDS} ${arg_LINK})
    if(arg_NOT_MEASURED AND NOT MSVC AND NOT TCPLAB_SANITIZE)
      target_compile_options(tcplab_${name} PRIVATE $<$<CONFIG:Release>:-O1>)
    endif()
  else()
    add_library(tcplab_${name} INTERFACE)
    target_link_libraries(tcplab_${name} INTERFACE tcplab_options ${arg_DEPENDS} ${arg_LINK})
  endif()
endfunction()
