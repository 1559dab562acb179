"""What is done once the site is built: copies in Markdown, llms.txt, links, vendored scripts, readability."""
