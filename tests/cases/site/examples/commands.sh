echo not shown
# --8<-- [start:shown]
echo shown
echo too
# --8<-- [end:shown]
