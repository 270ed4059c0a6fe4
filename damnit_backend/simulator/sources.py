"""The sources of the simulated instrument: every name and key once, in the facility's DOMAIN/TYPE/MEMBER pattern."""

from typing import Final

XGM: Final = "SIM_XTD1_XGM/XGM/DOOCS"
XGM_PHOTON_FLUX: Final = "pulseEnergy.photonFlux"  # µJ, averaged over the train
XGM_WAVELENGTH: Final = "pulseEnergy.wavelengthUsed"  # nm
XGM_BUNCHES: Final = "pulseEnergy.numberOfBunchesActual"

XGM_FAST: Final = "SIM_XTD1_XGM/XGM/DOOCS:output"
XGM_INTENSITY: Final = "data.intensityTD"  # µJ, (trains, pulses)

UNDULATOR: Final = "SIM_XTD1_UND/DOOCS/PHOTON_ENERGY"
UNDULATOR_ENERGY: Final = "actualPosition"  # keV

SHUTTER: Final = "SIM_XTD1_SHUTTER/VALVE/MAIN"
SHUTTER_OPEN: Final = "isOpen"  # 0 or 1

MOTOR: Final = "SIM_EXP_JET/MOTOR/X"
MOTOR_POSITION: Final = "actualPosition"  # mm
MOTOR_TARGET: Final = "targetPosition"  # mm

TEMPERATURE: Final = "SIM_EXP_JET/TSENS/NOZZLE"
TEMPERATURE_VALUE: Final = "value"  # K

RUN_INFO: Final = "SIM_EXP_CTRL/MDL/RUN_INFO"
RUN_TYPE: Final = "runType"
SAMPLE_NAME: Final = "sampleName"
TRAIN_RATE: Final = "trainRate"  # Hz

CAMERA: Final = "SIM_EXP_JET/CAM/SCREEN:daqOutput"
CAMERA_PIXELS: Final = "data.image.pixels"  # uint16, (trains, y, x)

DIGITIZER: Final = "SIM_EXP_DIODE/ADC/TRANSMISSION:network"
DIGITIZER_TRACE: Final = "data.trace"  # int16 counts, (trains, samples)

# Raw and calibrated data have one name, as older detectors of the facility do: `open_run(data="all")` prefers proc.
DETECTOR: Final = "SIM_EXP_EPIX/DET/RECEIVER:daqOutput"
DETECTOR_PIXELS: Final = "data.image.pixels"  # raw: uint16 counts; proc: float32 photons; (trains, y, x)
DETECTOR_MASK: Final = "data.image.mask"  # proc only: uint32, not 0 where a pixel is bad
