# The CUDA module: opened at run time like the CPU modules, so that a machine without driver or cuFFT starts.
include(cuda/sources.cmake)
add_library(stemlathe_cuda MODULE ${cuda_sources})
set_source_files_properties(${CMAKE_CURRENT_SOURCE_DIR}/cpu/scratch_file.cpp PROPERTIES COMPILE_OPTIONS -ffp-contract=off)
# As on the CPU, contraction is off and FMA written out. Each thread has a stream of its own.
target_compile_options(stemlathe_cuda PRIVATE
    $<$<COMPILE_LANGUAGE:CUDA>:--fmad=false --default-stream=per-thread -Xcompiler=-ffp-contract=off>)
target_link_libraries(stemlathe_cuda PRIVATE stemlathe_base stemlathe_warnings CUDA::cufft)
target_link_options(stemlathe_cuda PRIVATE
    -Wl,--version-script=${CMAKE_CURRENT_SOURCE_DIR}/module.map)
# cuFFT (280 MB) is not shipped: it is looked for beside the module, then where the toolkit puts it.
set_target_properties(stemlathe_cuda PROPERTIES
    CUDA_RUNTIME_LIBRARY Static
    LINK_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/module.map
    BUILD_RPATH "$ORIGIN;${CUDAToolkit_LIBRARY_DIR}"
    INSTALL_RPATH "$ORIGIN;/usr/local/cuda/lib64;/usr/local/cuda-13/lib64;/usr/local/cuda-13.0/lib64;/usr/lib/x86_64-linux-gnu")
