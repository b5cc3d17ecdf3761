# The manual page and the completions, which the program makes of itself, and where they are installed.
set(FETCHBENCH_MANUAL ${CMAKE_BINARY_DIR}/manual)

if(CMAKE_CROSSCOMPILING AND NOT CMAKE_CROSSCOMPILING_EMULATOR)
  message(STATUS "Cross-compiling: no manual page and no completions, which the program would have to make")
  return()
endif()
if(FETCHBENCH_SANITIZE)
  message(STATUS "Sanitizer build: no manual page and no completions")
  return()
endif()

# fetchbench_generate(WHAT FILE): build/manual/FILE is what `fetchbench generate WHAT` prints.
function(fetchbench_generate what file)
  add_custom_command(OUTPUT ${FETCHBENCH_MANUAL}/${file} DEPENDS fetchbench
    COMMAND fetchbench generate ${what} > ${FETCHBENCH_MANUAL}/${file} VERBATIM)
endfunction()

file(MAKE_DIRECTORY ${FETCHBENCH_MANUAL})
fetchbench_generate(man fetchbench.1)
fetchbench_generate(bash fetchbench.bash)
fetchbench_generate(zsh _fetchbench)
fetchbench_generate(fish fetchbench.fish)
set(page ${FETCHBENCH_MANUAL}/fetchbench.1)
find_program(GZIP gzip)
if(GZIP)
  add_custom_command(OUTPUT ${page}.gz DEPENDS ${page} COMMAND ${GZIP} -9nkf ${page} VERBATIM)
  set(page ${page}.gz)
endif()
set(completions ${FETCHBENCH_MANUAL}/fetchbench.bash ${FETCHBENCH_MANUAL}/_fetchbench ${FETCHBENCH_MANUAL}/fetchbench.fish)
add_custom_target(manual ALL DEPENDS ${page} ${completions})

install(FILES ${page} DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
install(FILES ${FETCHBENCH_MANUAL}/fetchbench.bash RENAME fetchbench
        DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions)
install(FILES ${FETCHBENCH_MANUAL}/_fetchbench DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/site-functions)
install(FILES ${FETCHBENCH_MANUAL}/fetchbench.fish DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d)
