"""Photos, scans and recordings of a matter: cleaned at the door, sealed on the disk, bound by a step.

    file = intake.take(actor=..., name="IMG_1.jpg", content=..., room=..., district=...)
    carry_out([Act(ledger, "attach", actor, {"added_files": [str(file.id)]}, entry=entry)])
    with reading.opened(actor, file) as content: ...      # leaves a trace in the read log

An upload belongs to its uploader and to no matter until an act binds it. See docs/adr/0015.
"""
