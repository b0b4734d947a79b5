using System.Text;
using CityPerception.Cli;

Console.OutputEncoding = Encoding.UTF8;
return await CommandLine.RunAsync(args);
