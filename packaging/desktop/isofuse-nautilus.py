"""Files (Nautilus), by the package python3-nautilus: "Show" and "Unmount" in the menu of a disc image.

Serves the interfaces 3.0 and 4.0 of nautilus-python, which differ in the arguments of get_file_items.
"""

import subprocess

from gi.repository import GObject, Nautilus

TYPES = (
    "application/x-cd-image", "application/x-iso9660-image", "application/vnd.efi.iso", "application/x-udf-image",
    "application/x-cue", "application/x-raw-disk-image", "application/vnd.efi.img",
)


def run(_item, *command):
    subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)


class IsofuseMenu(GObject.GObject, Nautilus.MenuProvider):
    def get_file_items(self, *arguments):
        files = arguments[-1]
        if len(files) != 1 or not any(files[0].is_mime_type(name) for name in TYPES):
            return []
        path = files[0].get_location().get_path()
        if path is None:  # no file of this machine
            return []
        show = Nautilus.MenuItem(name="Isofuse::show", label="Show Disc Image", icon="isofuse")
        show.connect("activate", run, "isofuse", "--open", "--", path)
        unmount = Nautilus.MenuItem(name="Isofuse::unmount", label="Unmount Disc Image", icon="media-eject")
        unmount.connect("activate", run, "isofuse", "-u", "--notify", "--", path)
        return [show, unmount]
