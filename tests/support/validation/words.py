"""What mutants put in place of something else: letters that read oddly, names, quantities."""

WORDS = (
    *("x", "", "1", "01", "1.0", "-1", "0", "true", "True", "yes", "on", "null", "~", "1e3", ".inf", ".nan"),
    *("0x1F", "0o17", "017", "1_000", "12:30:45", "2026-01-02", "2147483648", "9223372036854775808", "1.5"),
    *("[]", "{}", "a b"),
)
"""Plain scalars, of every type that some YAML reader sees in them; and three that are none."""

NAMES = (
    *("A", "a_b", "a.b", "-a", "a-", "", "a" * 63, "a" * 64, "a" * 253, "a" * 254, "1a", "a b", "ä", "a.", ".."),
    *("%", "a", "b-2", "c3"),
)
LABELS = (
    *("a", "A_b.c", "a/b", "/b", "a/", "a//b", "A/b", "a b", "-a", "a" * 64, "", "a." * 130 + "b/c", "x_/y", "ä"),
    *("b", "example.com/c", "D", "1"),
)
QUANTITIES = (
    *("1.5GB", "1gb", "-1", "1e3", "1E3", "1Ki", "1ki", "0x10", "100m", "1.5", "1.", ".5", "+1", "", "1 Gi"),
    *("1e", "m"),
)
ODD = (*QUANTITIES, "2147483648", "2026-13-01T00:00:00Z", "2026-01-02", "1.0", "a\n", "\n", "9" * 20, "1e400")
"""Where a pattern or a format asks for something else."""

API_VERSIONS = (
    *("v1", "nvidia.com/v1", "nvidia.com/V1beta1", "nvidia.co/v1beta1", "nvidia.com", "nvidia.com/v1beta1/x", ""),
)
ODD_KEYS = ("1", "true", "null", "1.5", "yes", "~", "0x10", "2026-01-02")
"""Keys that are no strings, in YAML's eyes."""

LIMITS = {
    *("minimum", "maximum", "minLength", "maxLength", "minItems", "maxItems", "pattern", "format"),
    "minProperties",
}
"""Keys of a schema that bound a value."""

NOT_ON_CREATE = {"restart", "extraClientPods"}
"""Fields that rules never let through: a manifest that grew one would hide what is done to it next."""
