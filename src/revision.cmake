# Writes OUT with the source's git revision, REVISION where that is given, and the day of its last commit, each "" outside
# a checkout, touching it only when that changed.
set(revision "${REVISION}")
if(NOT revision)
  execute_process(COMMAND git -C ${SOURCE} describe --always --dirty --abbrev=10
                  OUTPUT_VARIABLE revision OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
endif()
execute_process(COMMAND git -C ${SOURCE} log -1 --format=%cs
                OUTPUT_VARIABLE date OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
set(text "#define FETCHBENCH_REVISION \"${revision}\"\n#define FETCHBENCH_DATE \"${date}\"\n")
if(EXISTS ${OUT})
  file(READ ${OUT} old)
endif()
if(NOT "${old}" STREQUAL "${text}")
  file(WRITE ${OUT} "${text}")
endif()
