# SPDX-License-Identifier: Apache-2.0
# Says which commit a source folder is: its name, with -dirty where git knows of a changed or a new
# file. Run by every build, since a commit configures nothing anew.
#
#	cmake -DSOURCE=FOLDER [-DCODE=FILE] [-DTEXT=FILE] -P commit.cmake
#
# CODE: written as C, for tools/cli/version.c. TEXT: written as it is, for a copy of the folder
# that leaves git behind. Both are left alone where they say it already, so that nothing is built
# again.
#
# A folder without git has it in tools/commit.txt: `git archive` puts it there (.gitattributes),
# and so does whoever makes a copy. Neither: it is not known, and CODE says so.
get_filename_component(source ${SOURCE} REALPATH)
set(commit "")
set(why "the source has no git")

# Of this folder's repository, not of one around it, as a package's may be.
find_program(GIT git)
if(GIT AND EXISTS ${source}/.git)
  execute_process(COMMAND ${GIT} -C ${source} rev-parse --verify HEAD
    RESULT_VARIABLE status OUTPUT_VARIABLE commit ERROR_QUIET OUTPUT_STRIP_TRAILING_WHITESPACE)
  execute_process(COMMAND ${GIT} -C ${source} --no-optional-locks status --porcelain
    RESULT_VARIABLE status_changes OUTPUT_VARIABLE changes ERROR_QUIET)
  if(NOT status EQUAL 0 OR NOT status_changes EQUAL 0)
    set(commit "")
    set(why "git does not tell")
  elseif(changes)
    string(APPEND commit "-dirty")
  endif()
elseif(EXISTS ${source}/.git)
  set(why "git is not installed")
elseif(EXISTS ${source}/tools/commit.txt)
  file(STRINGS ${source}/tools/commit.txt commit LIMIT_COUNT 1)
endif()

if(NOT commit MATCHES "^[0-9a-f]+(-dirty)?$")
  set(commit "")
endif()
if(TEXT AND commit)
  file(CONFIGURE OUTPUT ${TEXT} CONTENT "${commit}\n" @ONLY)
endif()
if(CODE)
  if(NOT commit)
    set(commit "not known: ${why}")
  endif()
  file(CONFIGURE OUTPUT ${CODE} CONTENT "/* Written by tools/commit.cmake. */
#include \"cli/version.h\"

const char version_commit[] = \"${commit}\";
" @ONLY)
endif()
