# `cpack -G DEB` in the build folder makes a Debian package of what is installed. Its copyright file and changelogs are
# made at configuring, of LICENSE and CHANGELOG.md.
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
install(FILES ${package}/copyright ${package}/changelog.gz ${package}/changelog.Debian.gz DESTINATION ${CMAKE_INSTALL_DOCDIR})

# Debian's zsh looks for packages' functions in a folder of its own.
set(zsh "\${CPACK_TEMPORARY_DIRECTORY}/usr/share/zsh")
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
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS "ca-certificates, python3, python3-matplotlib")
set(CPACK_DEBIAN_PACKAGE_SUGGESTS "curl, nodejs, python3-aiohttp, python3-requests")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "comparison of HTTP client strategies on one endpoint")
set(CPACK_DEBIAN_PACKAGE_DESCRIPTION "Fires the same HTTP requests with interchangeable client strategies - one
after another, a queue of threads, an event loop - each in a process of its
own, and tells their times, CPU, context switches and memory apart.

An httpbin-style endpoint to try clients on is part of it.")
include(CPack)
