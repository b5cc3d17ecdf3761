# `cpack -G DEB` in the build folder makes a Debian package of what is installed, and one of the module for MPI where that is
# built. Their copyright file and changelogs are made at configuring, of LICENSE and CHANGELOG.md.
set(maintainer "fetchbench maintainers <maintainers@fetchbench.invalid>")
set(package ${CMAKE_BINARY_DIR}/package)
find_program(GZIP gzip)
if(NOT GZIP OR NOT EXISTS ${PROJECT_SOURCE_DIR}/LICENSE OR NOT EXISTS ${PROJECT_SOURCE_DIR}/CHANGELOG.md)
  return() # a tree that was copied in part is built, not packaged
endif()

file(READ ${PROJECT_SOURCE_DIR}/LICENSE license)
string(REGEX MATCH "Copyright \\(c\\) ([^\n]*)" holder "${license}")
set(holder "${CMAKE_MATCH_1}")
string(REGEX MATCH "Permission is hereby granted.*" terms "${license}")
string(STRIP "${terms}" terms)
string(REPLACE "\n\n" "\n.\n" terms "${terms}")
string(REPLACE "\n" "\n " terms "${terms}")
file(WRITE ${package}/copyright "Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Upstream-Name: fetchbench

Files: *
Copyright: ${holder}
License: Expat

License: Expat
 ${terms}
")

string(TIMESTAMP now "%a, %d %b %Y %H:%M:%S +0000" UTC)
file(WRITE ${package}/changelog.Debian "fetchbench (${PROJECT_VERSION}-1) unstable; urgency=medium

  * Packaged by CPack; changelog.gz says what is new.

 -- ${maintainer}  ${now}
")
configure_file(${PROJECT_SOURCE_DIR}/CHANGELOG.md ${package}/changelog COPYONLY)
foreach(log changelog changelog.Debian)
  execute_process(COMMAND ${GZIP} -9nkf ${package}/${log} COMMAND_ERROR_IS_FATAL ANY)
endforeach()
set(documents ${package}/copyright ${package}/changelog.gz ${package}/changelog.Debian.gz)
install(FILES ${documents} DESTINATION ${CMAKE_INSTALL_DOCDIR})
if(TARGET fetchbench-mpi)
  install(FILES ${documents} DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/fetchbench-mpi COMPONENT mpi)
endif()

# Debian's zsh looks for packages' functions in a folder of its own.
set(zsh "\${CPACK_TEMPORARY_DIRECTORY}/Unspecified/usr/share/zsh")
file(WRITE ${package}/links.cmake "if(EXISTS \"${zsh}/site-functions/_fetchbench\")
  file(MAKE_DIRECTORY \"${zsh}/vendor-completions\")
  file(CREATE_LINK ../site-functions/_fetchbench \"${zsh}/vendor-completions/_fetchbench\" SYMBOLIC)
endif()
")

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME fetchbench)
set(CPACK_PACKAGE_VENDOR fetchbench)
set(CPACK_PACKAGE_CONTACT "${maintainer}")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_PRE_BUILD_SCRIPTS ${package}/links.cmake)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS
    OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_RELEASE 1)
set(CPACK_DEBIAN_PACKAGE_SECTION web)
set(CPACK_DEBIAN_PACKAGE_PRIORITY optional)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)

# The module is the component mpi; all else has none, which CPack calls Unspecified.
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_COMPONENTS_GROUPING IGNORE)
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "") # each description begins with its own
set(CPACK_DEBIAN_UNSPECIFIED_PACKAGE_NAME fetchbench)
set(CPACK_DEBIAN_UNSPECIFIED_PACKAGE_RECOMMENDS "ca-certificates, python3, python3-matplotlib")
set(CPACK_DEBIAN_UNSPECIFIED_PACKAGE_SUGGESTS "curl, fetchbench-mpi, nodejs, python3-aiohttp, python3-requests")
set(CPACK_DEBIAN_UNSPECIFIED_DESCRIPTION "comparison of HTTP client strategies on one endpoint
Fires the same HTTP requests with interchangeable client strategies - one
after another, a queue of threads, an event loop - each in a process of its
own, and tells their times, CPU, context switches and memory apart.

An httpbin-style endpoint to try clients on is part of it.")
set(CPACK_DEBIAN_MPI_PACKAGE_NAME fetchbench-mpi)
set(CPACK_DEBIAN_MPI_PACKAGE_DEPENDS "fetchbench (= ${PROJECT_VERSION}-${CPACK_DEBIAN_PACKAGE_RELEASE})")
set(CPACK_DEBIAN_MPI_PACKAGE_RECOMMENDS openmpi-bin)
set(CPACK_DEBIAN_MPI_PACKAGE_SUGGESTS openssh-client)
set(CPACK_DEBIAN_MPI_DESCRIPTION "comparison of HTTP client strategies from several hosts
The module by which fetchbench, started by an MPI launcher such as mpirun,
sends one load from several hosts in step and makes one report of it.")
include(CPack)
