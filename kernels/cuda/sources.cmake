# The CUDA module: opened at run time like the CPU modules, so that a machine without driver or cuFFT starts.

add_library(stemlathe_cuda MODULE
    bands/bands_cuda.cu
    cpu/scratch_file.cpp
    cuda/bound_backend.cu
    cuda/check.cu
    cuda/cuda_backend.cu
    cuda/cuda_store.cu
    cuda/fft_plan.cu
    cuda/input_queue.cu
    cuda/lanes.cu
    cuda/module.cu
    cuda/overlap_save.cu
    dynamics/dynamics_cuda.cu
    equaliser/equaliser_cuda.cu
    equaliser/dynamic_band_cuda.cu
    limiter/limiter_cuda.cu
    loudness/energies_cuda.cu
    mix/mix_cuda.cu
    pcm/finite_cuda.cu
    pcm/pcm_cuda.cu
    placement/placement_cuda.cu
    quantise/quantise_cuda.cu
    regions/regions_cuda.cu
    resample/resample_cuda.cu
    true_peak/true_peak_cuda.cu
)
set_source_files_properties(cpu/scratch_file.cpp PROPERTIES COMPILE_OPTIONS -ffp-contract=off)
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
