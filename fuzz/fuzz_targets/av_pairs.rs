//! libFuzzer's program for the target `av_pairs`: see `src/av_pairs.rs`.

#![cfg_attr(fuzzing, no_main)]

anysspi_fuzz::program!(av_pairs);
