# SPDX-License-Identifier: Apache-2.0
# Run by CPack, with the files of each component in a folder: adds what Debian wants of a
# package (copyright, changelog), and compresses what it wants compressed.
find_program(gzip gzip REQUIRED)
find_program(python /usr/bin/python3 REQUIRED)
set(here ${CPACK_UNFLUSHED_SOURCE}/tools/package)

function(run)
  execute_process(COMMAND ${ARGV} COMMAND_ERROR_IS_FATAL ANY)
endfunction()

foreach(component IN LISTS CPACK_COMPONENTS_ALL)
  string(TOUPPER ${component} upper)
  set(package ${CPACK_DEBIAN_${upper}_PACKAGE_NAME})
  set(root ${CPACK_TEMPORARY_DIRECTORY}/${component}/usr)
  if(NOT IS_DIRECTORY ${root})
    message(FATAL_ERROR "staged.cmake: nothing of ${component} is in ${root}")
  endif()
  set(doc ${root}/share/doc/${package})
  file(COPY ${here}/copyright DESTINATION ${doc}
    FILE_PERMISSIONS OWNER_READ OWNER_WRITE GROUP_READ WORLD_READ)
  run(${python} ${here}/changelog.py ${CPACK_UNFLUSHED_SOURCE}/CHANGELOG.md
    ${CPACK_PACKAGE_VERSION} ${CPACK_DEBIAN_PACKAGE_RELEASE}
    ${CPACK_UNFLUSHED_MAINTAINER} ${doc}/changelog.Debian)
  file(GLOB texts ${root}/share/man/man1/*.1 ${doc}/changelog.Debian)
  # Debian's zsh looks there, and not where everybody else's does.
  if(EXISTS ${root}/share/zsh/site-functions)
    file(RENAME ${root}/share/zsh/site-functions ${root}/share/zsh/vendor-completions)
  endif()
  # -n: without a name and a time.
  run(${gzip} -9nf ${texts})
  file(GLOB texts ${root}/share/man/man1/*.gz ${doc}/changelog.Debian.gz)
  file(CHMOD ${texts} PERMISSIONS OWNER_READ OWNER_WRITE GROUP_READ WORLD_READ)
endforeach()
