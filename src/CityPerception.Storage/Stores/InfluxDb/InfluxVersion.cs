namespace CityPerception.Storage.Stores.InfluxDb;

/// <summary>The generations of InfluxDB, which differ in paths, credentials and in how they refuse a line.</summary>
internal enum InfluxVersion { V1 = 1, V2 = 2, V3 = 3 }
