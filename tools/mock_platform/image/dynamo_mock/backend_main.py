"""Stands in the image as dynamo/{vllm,sglang,trtllm}/__main__.py: which one it is, its package says."""

from dynamo_mock.worker import main  # type: ignore[import-not-found]  # a top-level package in the image

if __name__ == "__main__":
    main(str(__package__).rpartition(".")[2])
