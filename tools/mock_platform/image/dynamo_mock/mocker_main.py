"""Stands in the image as dynamo/mocker/__main__.py."""

from dynamo_mock.mocker import main  # type: ignore[import-not-found]  # a top-level package in the image

if __name__ == "__main__":
    main()
