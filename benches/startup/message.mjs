export const topic = "v1/wudun/plant-7/EMS0001/ota/upgrade/result";
export const bytes = new TextEncoder().encode(
  '{"mid":"0d5e8a3c-6a3f-4b6e-9c52-8d4e1f2a3b4c","type":"ota_upgrade","device_uid":"EMS0001",' +
    '"timestamp":1760000000000,"data":{"source":"ems_II","version":"v2.3.0","status":3}}',
);
