"""Exit codes, as `drydock --help` documents them."""

CLEAN = 0
FINDINGS = 1
INPUT = 2
INTERNAL = 3
INTERRUPTED = 130

TEXT = """exit codes:
  0  clean: no finding at or above the threshold
  1  findings at or above the threshold (--fail-on)
  2  usage or input error: a file, image or setting is wrong; or nothing could be assessed
  3  internal error: a bug, or a rule that crashed
  130  interrupted"""
