# SPDX-License-Identifier: Apache-2.0
# Debian packages, by CPack: `unflushed` for who runs it, `unflushed-dev` for who reads traces
# with a program of his own. `tools/dev deb` builds them; a package of its own: a component.
#
# What a package needs of others, dpkg-shlibdeps reads in the program.
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME unflushed)
set(CPACK_PACKAGE_VERSION ${PROJECT_VERSION})
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_COMPONENTS_ALL unflushed dev)
set(CPACK_COMPONENTS_GROUPING IGNORE)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS
  OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)

# As Debian's own tools take it: $DEBFULLNAME <$DEBEMAIL>.
set(maintainer "The unflushed developers <unflushed@example.org>")
if(DEFINED ENV{DEBEMAIL})
  set(maintainer "$ENV{DEBFULLNAME} <$ENV{DEBEMAIL}>")
endif()
set(CPACK_DEBIAN_PACKAGE_MAINTAINER ${maintainer})
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_RELEASE 1)
set(CPACK_DEBIAN_PACKAGE_SECTION devel)
set(CPACK_DEBIAN_COMPRESSION_TYPE xz)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)

set(CPACK_DEBIAN_UNFLUSHED_PACKAGE_NAME unflushed)
set(CPACK_DEBIAN_UNFLUSHED_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_UNFLUSHED_DESCRIPTION
  "say which Kafka messages a program never got to the broker
A library is preloaded under any producer, unmodified. When it has ended,
however it ended, one command says how many messages and bytes never reached
the broker, at which stage they died, which line of code produced them, and
what to change. In CI it fails the build when a flush is missing.")
set(CPACK_DEBIAN_UNFLUSHED_PACKAGE_CONTROL_EXTRA ${CMAKE_CURRENT_LIST_DIR}/triggers)

set(CPACK_DEBIAN_DEV_PACKAGE_NAME unflushed-dev)
set(CPACK_DEBIAN_DEV_PACKAGE_SECTION libdevel)
set(CPACK_DEBIAN_DEV_PACKAGE_ARCHITECTURE all)
set(CPACK_DEBIAN_DEV_PACKAGE_SUGGESTS unflushed)
set(CPACK_DEBIAN_DEV_DESCRIPTION
  "headers of unflushed's traces
The layout of the files in which unflushed records what became of a
producer's messages, as C headers, for programs that read them. The package
unflushed-trace of pkg-config says where they are.")

# Between the installation into a folder and the packing of that folder.
set(CPACK_PRE_BUILD_SCRIPTS ${CMAKE_CURRENT_LIST_DIR}/staged.cmake)
set(CPACK_UNFLUSHED_SOURCE ${PROJECT_SOURCE_DIR})
set(CPACK_UNFLUSHED_MAINTAINER ${maintainer})
include(CPack)
