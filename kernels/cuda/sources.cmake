# What the CUDA module is made of: cuda_sources. tests/emulated_card compiles the same files for the CPU.
set(cuda_sources
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
    excitation/excitation_cuda.cu
    limiter/limiter_cuda.cu
    loudness/energies_cuda.cu
    masking/masking_cuda.cu
    mix/mix_cuda.cu
    pcm/finite_cuda.cu
    pcm/pcm_cuda.cu
    placement/placement_cuda.cu
    quantise/quantise_cuda.cu
    regions/regions_cuda.cu
    resample/resample_cuda.cu
    spectrum/spectrum_cuda.cu
    true_peak/true_peak_cuda.cu
)
list(TRANSFORM cuda_sources PREPEND ${PROJECT_SOURCE_DIR}/kernels/)

# What CMake 3.25 does for C++ alone: nvcc takes longer over the headers than over most kernels. Not in what is shipped.
if(STEMLATHE_UNITY)
    set(group_size 7)
    set(device_sources ${cuda_sources})
    list(FILTER device_sources INCLUDE REGEX "\\.cu$")
    list(FILTER cuda_sources EXCLUDE REGEX "\\.cu$")
    set(number 0)
    while(device_sources)
        list(SUBLIST device_sources 0 ${group_size} group)
        list(REMOVE_ITEM device_sources ${group})
        list(TRANSFORM group REPLACE "(.+)" "#include \"\\1\"")
        list(JOIN group "\n" text)
        set(file ${PROJECT_BINARY_DIR}/cuda_group_${number}.cu)
        file(CONFIGURE OUTPUT ${file} CONTENT "${text}\n" @ONLY)
        list(APPEND cuda_sources ${file})
        math(EXPR number "${number} + 1")
    endwhile()
endif()
