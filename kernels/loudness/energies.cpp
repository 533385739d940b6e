// owned by its stage
