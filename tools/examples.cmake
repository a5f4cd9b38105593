# SPDX-License-Identifier: Apache-2.0
# Puts the programs of tests/examples/ into a C file, for `unflushed explain`: what is shown
# is what is tested. By CMake alone, so that a cross build needs no tool of the target. A
# change of an example configures the build anew.
set(examples_source ${CMAKE_CURRENT_BINARY_DIR}/explain/examples.c)
set(examples_folder ${PROJECT_SOURCE_DIR}/tests/examples)
file(GLOB examples CONFIGURE_DEPENDS ${examples_folder}/*/*/*.*)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${examples})

set(texts "")
set(rows "")
set(number 0)
foreach(example IN LISTS examples)
  file(RELATIVE_PATH path ${examples_folder} ${example})
  if(NOT path MATCHES "^([^/]+)/([^/]+)/([A-Za-z]+)[.][a-z]+$")
    message(FATAL_ERROR "${example}: not FINDING/CLIENT/wrong.EXT or right.EXT")
  endif()
  set(row "{\"${CMAKE_MATCH_1}\", \"${CMAKE_MATCH_2}\"")
  string(TOLOWER ${CMAKE_MATCH_3} which) # a Java file is named as its class
  if(which STREQUAL right)
    string(APPEND row ", true")
  elseif(which STREQUAL wrong)
    string(APPEND row ", false")
  else()
    message(FATAL_ERROR "${example}: neither wrong nor right")
  endif()
  file(READ ${example} bytes HEX)
  string(REGEX REPLACE "(..)" "0x\\1," bytes "${bytes}")
  string(APPEND texts "static const unsigned char text_${number}[] = {${bytes}};\n")
  string(APPEND rows "\t${row}, text_${number}, sizeof text_${number}},\n")
  math(EXPR number "${number} + 1")
endforeach()
file(CONFIGURE OUTPUT ${examples_source} CONTENT
"/* Written by tools/examples.cmake from tests/examples/. */
#include \"explain/example.h\"

${texts}
const struct example examples[] = {
${rows}\t{0}
};
const size_t example_count = ${number};
" @ONLY)
