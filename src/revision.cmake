# Writes OUT with the source's git revision, REVISION where that is given and "" outside a checkout, touching it only when
# that changed.
set(revision "${REVISION}")
if(NOT revision)
  execute_process(COMMAND git -C ${SOURCE} describe --always --dirty --abbrev=10
                  OUTPUT_VARIABLE revision OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
endif()
set(text "#define FETCHBENCH_REVISION \"${revision}\"\n")
if(EXISTS ${OUT})
  file(READ ${OUT} old)
endif()
if(NOT "${old}" STREQUAL "${text}")
  file(WRITE ${OUT} "${text}")
endif()
