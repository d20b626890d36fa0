"""IIIF manifests as both versions of the Presentation API have them."""

from __future__ import annotations


def version2(*resources: object, label: object = "f. 1r") -> dict:
    canvases = [
        {"@id": f"https://example.org/canvas/{n}", "@type": "sc:Canvas", "label": label, "width": 900, "height": 1200,
         "images": [] if resource is None else [{"@type": "oa:Annotation", "resource": resource}]}
        for n, resource in enumerate(resources)
    ]  # fmt: skip
    return {
        "@context": "http://iiif.io/api/presentation/2/context.json",
        "@type": "sc:Manifest",
        "label": "Letterbook",
        "sequences": [{"canvases": canvases}, {"canvases": canvases}],
    }


def version3(*bodies: object, label: object = None) -> dict:
    canvases = [
        {"id": f"https://example.org/canvas/{n}", "type": "Canvas", "label": label or {"none": ["f. 1r"]},
         "width": 900, "height": 1200,
         "items": [{"type": "AnnotationPage", "items": [{"type": "Annotation", "motivation": "painting", "body": b}]}]}
        for n, b in enumerate(bodies)
    ]  # fmt: skip
    return {
        "@context": "http://iiif.io/api/presentation/3/context.json",
        "type": "Manifest",
        "label": {"en": ["Letterbook"]},
        "items": canvases,
    }
