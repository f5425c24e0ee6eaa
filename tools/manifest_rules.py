"""What the schemas do not say about our manifests: hardening, probes, and settings that the services really read.

Usage: manifest_rules.py FILE...   Prints every fault; exits 1 if there is one.
"""

import pathlib
import re
import sys

import yaml

ROOT = pathlib.Path(__file__).resolve().parent.parent
SHARED_SETTINGS = ["libs/service/src/settings.rs", "libs/telemetry/src/settings.rs"]
READ = re.compile(r'env\s*\.(\w+)(?:::<[^(]*>)?\(\s*"(PORTWAY_[A-Z_]+)"')
REQUIRED = {"required", "secret", "secret_as"}


def settings_read(service):
    """The settings that a service reads: name to whether it must be set."""
    files = SHARED_SETTINGS + [f"services/{service}/src/config.rs"]
    text = "".join((ROOT / file).read_text() for file in files if (ROOT / file).exists())
    return {name: how in REQUIRED for how, name in READ.findall(text)}


def faults_of_settings(service, container, settings):
    read = settings_read(service)
    given = [entry["name"] for entry in container.get("env", [])] + list(settings)
    names = {name.removesuffix("_FILE") for name in given}
    for name in sorted(names - read.keys()):
        yield f"sets {name}, which nothing reads"
    for name in sorted(name for name, is_needed in read.items() if is_needed and name not in names):
        yield f"does not set {name}, without which it cannot start"


def faults_of_deployment(deployment, config_maps):
    pod = deployment["spec"]["template"]["spec"]
    container = pod["containers"][0]
    security = container.get("securityContext", {})
    rules = {
        "runs as root": pod.get("securityContext", {}).get("runAsNonRoot"),
        "may write to its root file system": security.get("readOnlyRootFilesystem"),
        "may gain privileges": security.get("allowPrivilegeEscalation") is False,
        "keeps capabilities": security.get("capabilities", {}).get("drop") == ["ALL"],
        "has no memory limit": container.get("resources", {}).get("limits", {}).get("memory"),
        "asks for no processor": container.get("resources", {}).get("requests", {}).get("cpu"),
        "has no grace period of 30 seconds": pod.get("terminationGracePeriodSeconds") == 30,
    }
    for probe in ("startupProbe", "readinessProbe", "livenessProbe"):
        rules[f"has no {probe}"] = container.get(probe)
    yield from (fault for fault, holds in rules.items() if not holds)
    service = deployment["metadata"].get("labels", {}).get("app.kubernetes.io/name")
    if service is None:
        return  # a part that was not rendered
    settings = [config_maps.get(source["configMapRef"]["name"], {}) for source in container.get("envFrom", [])]
    yield from faults_of_settings(service, container, {name for found in settings for name in found})


def faults_of_file(path):
    documents = [document for document in yaml.safe_load_all(pathlib.Path(path).read_text()) if document]
    config_maps = {item["metadata"]["name"]: item["data"] for item in documents if item["kind"] == "ConfigMap"}
    for document in documents:
        if document["kind"] == "Deployment":
            for fault in faults_of_deployment(document, config_maps):
                yield f"{pathlib.Path(path).name}: {document['metadata']['name']} {fault}"
        if document["kind"] == "Secret":
            yield f"{pathlib.Path(path).name}: {document['metadata']['name']} is a secret in plain sight"


def main():
    faults = [fault for path in sys.argv[1:] for fault in faults_of_file(path)]
    print("\n".join(faults), end="\n" if faults else "")
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
