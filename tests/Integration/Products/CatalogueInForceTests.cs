using Marketplace.Core.Products;
using Marketplace.Shell;
using Microsoft.Extensions.DependencyInjection;

namespace Marketplace.Integration.Products;

/// <summary>Another catalogue takes the place of the one in force as a whole, and everywhere.</summary>
public sealed class CatalogueInForceTests
{
    /// <summary>It would go on selling and billing by it.</summary>
    [Fact]
    public void Nothing_that_lives_as_long_as_the_server_holds_on_to_one_catalogue()
    {
        var holding = new List<string>();
        var looked = 0;
        using var app = (IDisposable)Shell.Program.Build(
            Role.All, [.. new TestServerOptions().Arguments("Host=127.0.0.1;Port=9;Database=none").Select(setting => $"--{setting.Key}={setting.Value}")],
            builder =>
            {
                foreach (var service in builder.Services.Where(service => service.Lifetime == ServiceLifetime.Singleton && !service.IsKeyedService))
                {
                    if ((service.ImplementationType ?? service.ServiceType) is not { IsAbstract: false, IsInterface: false } type)
                        continue;
                    looked++;
                    if (type.GetConstructors().SelectMany(constructor => constructor.GetParameters()).Any(parameter => parameter.ParameterType == typeof(Catalogue)))
                        holding.Add(type.Name);
                }
            });

        Assert.True(looked > 50, $"{looked} services");
        // What was read at the start is a fact.
        Assert.Equal(["CatalogSettings"], holding);
    }
}
