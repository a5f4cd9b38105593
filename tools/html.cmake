# SPDX-License-Identifier: Apache-2.0
# Puts the template, the style and the script of tools/html/ into a C file, and with them uPlot,
# which draws the charts. By CMake alone, so that a cross build needs no tool of the target. A
# change of one of them configures the build anew.
#
# The page forbids every script and style but these: its Content-Security-Policy names their
# SHA-256.
set(html_source ${CMAKE_CURRENT_BINARY_DIR}/html/assets.c)
set(html_folder ${CMAKE_CURRENT_SOURCE_DIR}/html)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS
  ${html_folder}/page.html ${html_folder}/report.css ${html_folder}/report.js)

# Hexadecimal digits to base 64.
function(hex_to_base64 hex result)
  set(digits "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
  string(LENGTH "${hex}" length)
  set(text "")
  set(at 0)
  while(at LESS length)
    math(EXPR left "${length} - ${at}")
    string(SUBSTRING "${hex}0000" ${at} 6 part)
    if(left LESS 6)
      set(part_length ${left})
    else()
      set(part_length 6)
    endif()
    math(EXPR number "0x${part}")
    foreach(shift IN ITEMS 18 12 6 0)
      math(EXPR used "18 - ${shift}") # bits before this digit
      math(EXPR bits "${part_length} * 4")
      if(used LESS bits)
        math(EXPR index "(${number} >> ${shift}) & 63")
        string(SUBSTRING "${digits}" ${index} 1 digit)
      else()
        set(digit "=")
      endif()
      string(APPEND text "${digit}")
    endforeach()
    math(EXPR at "${at} + 6")
  endwhile()
  set(${result} "${text}" PARENT_SCOPE)
endfunction()

# uPlot is fetched by npm and kept in the build folder, in this version and with this checksum
# alone. Without npm, or a network, the build goes on; reports then say that they have no charts.
option(UNFLUSHED_UPLOT "Fetch uPlot by npm, for the charts of HTML reports" ON)
set(uplot_version 1.6.32)
set(uplot_sha512 # in base 64, as npm knows it
  KIMVnG68zvu5XXUbC4LQEPnhwOxBuLyW1AHtpm6IKTXImkbLgkMy+jabjLgSLMasNuGGzQm/ep3tOkyTxpiQIw==)

function(uplot_fetch folder why)
  set(package ${folder}/uplot-${uplot_version}.tgz)
  if(NOT EXISTS ${package})
    find_program(UNFLUSHED_NPM npm)
    if(NOT UNFLUSHED_NPM)
      set(${why} "npm is not here" PARENT_SCOPE)
      return()
    endif()
    file(MAKE_DIRECTORY ${folder})
    execute_process(COMMAND ${UNFLUSHED_NPM} pack --ignore-scripts --silent
        --prefer-offline --fetch-retries=1 --fetch-timeout=20000 uplot@${uplot_version}
      WORKING_DIRECTORY ${folder} TIMEOUT 60
      RESULT_VARIABLE status OUTPUT_VARIABLE said ERROR_VARIABLE said)
    if(NOT status EQUAL 0 OR NOT EXISTS ${package})
      set(${why} "npm could not fetch it (${status})" PARENT_SCOPE)
      return()
    endif()
  endif()
  file(SHA512 ${package} hex)
  hex_to_base64("${hex}" base64)
  if(NOT base64 STREQUAL uplot_sha512)
    message(FATAL_ERROR "${package} is not uPlot ${uplot_version}: its SHA-512 is ${base64}, "
      "not ${uplot_sha512}. Remove it, or configure with -DUNFLUSHED_UPLOT=OFF")
  endif()
  file(ARCHIVE_EXTRACT INPUT ${package} DESTINATION ${folder})
endfunction()

set(uplot_folder ${CMAKE_CURRENT_BINARY_DIR}/html/uplot)
set(uplot_missing "")
if(UNFLUSHED_UPLOT)
  uplot_fetch(${uplot_folder} uplot_missing)
else()
  set(uplot_missing "UNFLUSHED_UPLOT is OFF")
endif()
if(uplot_missing)
  message(WARNING "HTML reports will have NO CHARTS: uPlot ${uplot_version} is not built in, "
    "for ${uplot_missing}. Their tables hold the same numbers.")
  set(html_charts "const struct html_charts *const html_charts_built = NULL;")
else()
  message(STATUS "HTML reports draw charts with uPlot ${uplot_version}")
  set(html_charts "static const struct html_charts charts = {
	.version = \"${uplot_version}\",
	.script = ASSET(charts_script),
	.style = ASSET(charts_style),
	.licence = ASSET(charts_licence),
};
const struct html_charts *const html_charts_built = &charts;")
endif()

set(texts "")
function(html_asset name path)
  file(READ ${path} bytes HEX)
  string(REGEX REPLACE "(..)" "0x\\1," bytes "${bytes}")
  file(SHA256 ${path} hex)
  hex_to_base64("${hex}" base64)
  set(texts "${texts}static const unsigned char ${name}_bytes[] = {${bytes}};
#define ${name}_hash \"'sha256-${base64}'\"
" PARENT_SCOPE)
endfunction()
html_asset(page ${html_folder}/page.html)
html_asset(style ${html_folder}/report.css)
html_asset(script ${html_folder}/report.js)
if(NOT uplot_missing)
  html_asset(charts_script ${uplot_folder}/package/dist/uPlot.iife.min.js)
  html_asset(charts_style ${uplot_folder}/package/dist/uPlot.min.css)
  html_asset(charts_licence ${uplot_folder}/package/LICENSE)
endif()
file(CONFIGURE OUTPUT ${html_source} CONTENT
"/* Written by tools/html.cmake from tools/html/. */
#include \"html/assets.h\"

${texts}
#define ASSET(name) {name##_bytes, sizeof name##_bytes, name##_hash}
const struct html_asset html_page = ASSET(page);
const struct html_asset html_style = ASSET(style);
const struct html_asset html_script = ASSET(script);
${html_charts}
" @ONLY)
